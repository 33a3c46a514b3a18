"""The words of the data portal's templates."""
