"""The console（规则与模拟）: rules as readable tables, and what a change of them would cost."""
