"""Parts of the Sync page: joining, inviting, one device, and what needs a decision."""
