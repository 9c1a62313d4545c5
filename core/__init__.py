"""What every domain uses and none owns: the clock, messages, documents, uploads, the journal."""
