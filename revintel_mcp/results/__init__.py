"""What each tool and command gives: plain dataclasses, their JSON, and their short text. Pure."""
