import EditJobs
import Files
import Testing

/// Hashes against the vectors that NIST publishes for FIPS 180.
@Suite struct ByteHashTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func publishedVectors(_ text: String, _ expected: String) {
    #expect(Digest(of: text.utf8).description == expected)
    var inPieces = ByteHash(.sha256)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      inPieces.update(Array(rest.prefix(70_001)))
      rest = rest.dropFirst(70_001)
    }
    #expect(inPieces.value.hexadecimal == expected)
  }

  @Test func gitsHashIsPublishedToo() {
    var hash = ByteHash(.sha1)
    #expect(hash.value.hexadecimal == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    hash.update(Array("abc".utf8))
    #expect(hash.value.hexadecimal == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func aCopyGoesOnByItself() {
    var whole = ByteHash(.sha256)
    whole.update(Array("a".utf8))
    let half = whole
    whole.update(Array("bc".utf8))
    #expect(half.value.hexadecimal == Digest(of: "a".utf8).description)
    #expect(whole.value.hexadecimal == Digest(of: "abc".utf8).description)
  }
}
