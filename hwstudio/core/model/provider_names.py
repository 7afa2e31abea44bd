"""How providers write their names; the catalogue knows them by short ids."""

from __future__ import annotations

from types import MappingProxyType

# An id that is not here stands as it is: nobody is renamed on a guess.
NAMES = MappingProxyType(
    {
        "akash": "Akash",
        "aws": "AWS",
        "azure": "Azure",
        "cherryservers": "Cherry Servers",
        "coreweave": "CoreWeave",
        "crusoe": "Crusoe",
        "cudo": "CUDO Compute",
        "digitalocean": "DigitalOcean",
        "exoscale": "Exoscale",
        "fluidstack": "Fluidstack",
        "gcp": "Google Cloud",
        "genesis-cloud": "Genesis Cloud",
        "hotaisle": "Hot Aisle",
        "hyperstack": "Hyperstack",
        "jarvislabs": "JarvisLabs",
        "lambda": "Lambda",
        "latitude": "Latitude.sh",
        "modal": "Modal",
        "nebius": "Nebius",
        "novita": "Novita AI",
        "oblivus": "Oblivus",
        "oci": "Oracle Cloud",
        "ovhcloud": "OVHcloud",
        "paperspace": "Paperspace",
        "qubrid": "Qubrid",
        "runpod": "Runpod",
        "salad": "Salad",
        "spheron": "Spheron",
        "tensordock": "TensorDock",
        "thunder-compute": "Thunder Compute",
        "vast": "Vast.ai",
        "verda": "Verda",
        "vultr": "Vultr",
    }
)


def provider_name(provider: str) -> str:
    """Return a provider's name as it writes it."""
    return NAMES.get(provider, provider)
