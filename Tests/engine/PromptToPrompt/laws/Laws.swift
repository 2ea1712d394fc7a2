import Testing

/// The exact laws of prompt-to-prompt: equal means equal bits, on every device.
@Suite(.serialized, .everyDevice) struct Laws {}
