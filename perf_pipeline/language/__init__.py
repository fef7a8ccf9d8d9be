"""What people read in another language than Chinese: messages, catalogues, the language spoken."""
