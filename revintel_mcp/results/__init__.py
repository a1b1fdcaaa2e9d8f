"""What each tool and command gives: plain values, their JSON, and their short text. Pure."""
