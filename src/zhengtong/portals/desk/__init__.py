"""The officers' portal（审批工作台）: a queue by remaining legal time, the case, the decision, the next case."""
