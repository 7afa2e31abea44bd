"""Where prices can be asked for: each place with what it brings, its terms and its address."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.row import Haul

Read = Callable[[Line, str, Haul], None]


@dataclass(frozen=True, slots=True)
class PriceSource:
    """One place. ``address`` is where it is asked, and can be changed to a mirror."""

    id: str
    title: str
    brings: str
    terms: str  # licence of the data, or the terms its publisher names
    address: str
    described: str  # where its publisher describes it
    target: str  # module:function that reads it into a Haul

    def read(self, line: Line, address: str, haul: Haul) -> None:
        """Read all into ``haul``; what was read before a failure stays there.

        Raises:
            HwstudioError: why it gave nothing, or no more.
        """
        module, _, name = self.target.partition(":")
        read: Read = getattr(importlib.import_module(module), name)
        read(line, address, haul)


_HERE = "hwstudio.core.cloud.refresh.sources"
_NO_KEY = "Open without an account; prices are facts, kept on this computer only"

SOURCES: tuple[PriceSource, ...] = (
    PriceSource(
        "gpuhunt",
        "gpuhunt catalogue (dstack)",
        "About a dozen clouds, on demand and spot",
        "Program under MPL-2.0; no licence stated for the collected prices. Kept on this "
        "computer only",
        "https://dstack-gpu-pricing.s3.eu-west-1.amazonaws.com",
        "https://github.com/dstackai/gpuhunt",
        f"{_HERE}.gpuhunt:read",
    ),
    PriceSource(
        "azure",
        "Azure Retail Prices",
        "On demand, spot, 1 and 3 years, by region",
        "Microsoft's public price interface. " + _NO_KEY,
        "https://prices.azure.com/api/retail/prices",
        "https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices",
        f"{_HERE}.azure:read",
    ),
    PriceSource(
        "aws-spot-advisor",
        "AWS Spot Advisor",
        "How often AWS takes spot machines back",
        "Amazon's public data behind its Spot Advisor page. " + _NO_KEY,
        "https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json",
        "https://aws.amazon.com/ec2/spot/instance-advisor/",
        f"{_HERE}.aws_spot:read",
    ),
    PriceSource(
        "akamai",
        "Akamai (Linode) types",
        "GPU machines on demand, by region",
        "Akamai's public interface. " + _NO_KEY,
        "https://api.linode.com/v4/linode/types",
        "https://techdocs.akamai.com/linode-api/reference/get-linode-types",
        f"{_HERE}.akamai:read",
    ),
    PriceSource(
        "oci",
        "Oracle Cloud price list",
        "GPU machines on demand, every region alike",
        "Oracle's public price list. " + _NO_KEY,
        "https://apexapps.oracle.com/pls/apex/cetools/api/v1/products/",
        "https://docs.oracle.com/en-us/iaas/Content/Billing/Tasks/signingup_topic-Estimating_Costs.htm",
        f"{_HERE}.oci:read",
    ),
    PriceSource(
        "vast",
        "Vast.ai marketplace",
        "Hosts' live offers, as medians",
        "Vast.ai's search interface. Its makers describe it with a key; the search has answered "
        "without one. Prices are kept on this computer only",
        "https://console.vast.ai/api/v0/bundles/",
        "https://docs.vast.ai/api-reference/search/search-offers",
        f"{_HERE}.vast:read",
    ),
)


def source_named(source_id: str) -> PriceSource:
    """Return one source.

    Raises:
        UserError: there is none of that id; all are named.
    """
    for source in SOURCES:
        if source.id == source_id.casefold().strip():
            return source
    known = ", ".join(source.id for source in SOURCES)
    raise UserError(f"There is no price source '{source_id}'", "", f"Choose from {known}")
