"""What is found → words: html, markdown, text, json, mail. Pure."""
