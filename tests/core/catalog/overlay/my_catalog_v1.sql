-- The user's own file as format 1 wrote it.
CREATE TABLE own_price (part_id TEXT PRIMARY KEY, amount TEXT NOT NULL, currency TEXT NOT NULL, as_of TEXT NOT NULL, note TEXT NOT NULL);
INSERT INTO own_price VALUES ('cpu-1', '199.90', 'EUR', '2026-01-20', 'shop round the corner');
INSERT INTO own_price VALUES ('gpu-1', '1500', 'USD', '2025-07', '');
INSERT INTO own_price VALUES ('spoilt', 'twelve', 'USD', '2026', '');
PRAGMA user_version = 1;
