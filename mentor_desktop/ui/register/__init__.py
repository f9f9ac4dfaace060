"""The register: people down, half-days across, one letter a cell."""
