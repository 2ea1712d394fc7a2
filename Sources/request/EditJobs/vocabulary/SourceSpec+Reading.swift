extension SourceSpec {
  /// Reads a source; its seed is a number, as we write it, or its digits as a text, as programs keep it
  /// that have no whole numbers of 64 bits.
  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      model: try object.decode(Digest.self, forKey: .model),
      prompt: try object.decode(String.self, forKey: .prompt),
      negative: try object.decode(String.self, forKey: .negative),
      seed: try Self.seed(object),
      photograph: try object.decodeIfPresent(Photograph.self, forKey: .photograph),
      sampler: try object.decode(SamplerKind.self, forKey: .sampler),
      steps: try object.decode(Int.self, forKey: .steps),
      guidance: try object.decode(Double.self, forKey: .guidance),
      width: try object.decode(Int.self, forKey: .width),
      height: try object.decode(Int.self, forKey: .height),
      compute: try object.decode(ComputeType.self, forKey: .compute),
      maps: try object.decode(MapsPrecision.self, forKey: .maps),
      selfMax: try object.decodeIfPresent(Int.self, forKey: .selfMax),
      numerics: try object.decode(Numerics.self, forKey: .numerics))
  }

  private static func seed(_ object: KeyedDecodingContainer<CodingKeys>) throws -> UInt64 {
    guard let text = try? object.decode(String.self, forKey: .seed) else {
      return try object.decode(UInt64.self, forKey: .seed)
    }
    guard let seed = UInt64(text) else {
      throw DecodingError.dataCorruptedError(
        forKey: .seed, in: object, debugDescription: "\"\(text.prefix(40))\" is no seed")
    }
    return seed
  }

  enum CodingKeys: String, CodingKey {
    case model, prompt, negative, seed, photograph, sampler, steps, guidance, width, height
    case compute, maps, selfMax, numerics
  }
}
