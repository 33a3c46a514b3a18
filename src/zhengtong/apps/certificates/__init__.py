"""Electronic certificates（电子证照）: issued, signed, shown, revoked and verified by anyone, on line and off."""
