"""Certificates: who gets one, issuing, and what happens to one afterwards."""
