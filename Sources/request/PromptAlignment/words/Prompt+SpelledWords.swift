extension Prompt {
  /// Words that the tokenizer does not know and spells: every token is a single letter, as
  /// `t r i a n g l e`. What the model makes of them is a matter of luck.
  ///
  /// Words of fewer than three letters, and those without a letter, are no spelling.
  public var spelledWords: [String] {
    words.compactMap { word in
      let letters = word.bare.unicodeScalars
      guard letters.count >= 3, letters.allSatisfy(\.properties.isAlphabetic),
        word.bareTokens.count >= letters.count
      else { return nil }
      return word.bare
    }
  }
}
