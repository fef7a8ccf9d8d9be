"""Review of targets (绩效目标审核): small pure rules over a document, one function a rule."""
