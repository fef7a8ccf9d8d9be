"""Pages of reference, made from declarations: registers, measures, the warehouse."""
