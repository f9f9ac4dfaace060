"""What the pages about workshops are made of: overview, agenda, participants, panels."""
