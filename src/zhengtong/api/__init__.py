"""JSON over HTTP（开放接口）: cases for programs, under tokens; thin over the doors of the capabilities."""
