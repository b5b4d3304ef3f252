"""The families of ops whose output is told from the specs of their operands, one file each."""
