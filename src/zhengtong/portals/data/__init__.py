"""The data portal（数据门户）: catalogue, sharing requests, grants and calling systems, for officers of every department."""
