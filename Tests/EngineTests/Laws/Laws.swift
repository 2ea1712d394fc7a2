import Testing

/// The exact laws of prompt-to-prompt: equal means equal bits.
@Suite(.serialized) struct Laws {}
