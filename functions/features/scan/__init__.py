"""The step `scan`: a malware scanner must find nothing before a document is ready. It fails closed."""
