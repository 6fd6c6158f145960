"""AWS behind the protocols of `functions.domain`. Each adapter translates only the errors that it expects."""
