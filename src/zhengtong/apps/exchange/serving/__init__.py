"""The fast path of reading（快速读取）: grants held in the process, usage written before the answer, rows from look-up files."""
