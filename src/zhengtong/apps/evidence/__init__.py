"""What happened, provably（存证）: a receipt for every action and read, in a Merkle log that outsiders can verify."""
