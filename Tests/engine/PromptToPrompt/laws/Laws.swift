import Testing

/// The exact laws of prompt-to-prompt: equal means equal bits, in portable and in native numerics.
@Suite(.serialized, .bothKernels) struct Laws {}
