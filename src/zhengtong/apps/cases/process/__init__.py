"""Cases that run on a drawn process（流程办件）: what a pack's flow.bpmn amounts to under a case's log."""
