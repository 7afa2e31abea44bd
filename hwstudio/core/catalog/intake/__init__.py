"""The user's files in and out: seen before taken, whole or not at all."""
