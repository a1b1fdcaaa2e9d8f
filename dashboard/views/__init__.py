"""The pages: they ask the tools, hand the answers to the view models, and draw what comes back."""
