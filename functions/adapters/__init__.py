"""AWS behind the ports of `functions.domain`. Each adapter translates the errors that it expects and no others."""
