import EditJobs
import Foundation
import Testing

/// Names of attention layers, as files and people have them.
struct AttentionSiteTests {
  @Test func everyNameIsReadBack() throws {
    for stage in AttentionSite.Stage.allCases {
      for kind in AttentionSite.Kind.allCases {
        let site = AttentionSite(stage: stage, index: 12, kind: kind)
        #expect(site.description == "\(stage.rawValue).12.\(kind.rawValue)")
        #expect(AttentionSite(site.description) == site)
        let bytes = try JSONEncoder().encode([site])
        #expect(String(decoding: bytes, as: UTF8.self) == "[\"\(site)\"]")
        #expect(try JSONDecoder().decode([AttentionSite].self, from: bytes) == [site])
      }
    }
  }

  @Test(arguments: [
    "", "down", "down.1", "down.1.cross.", ".1.cross", "down..cross", "down.01.cross",
    "down.+1.cross", "down.-1.cross", "Down.1.cross", "side.1.cross", "down.1.map", "down.1.cross ",
  ])
  func otherTextIsNoName(_ text: String) {
    #expect(AttentionSite(text) == nil)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([AttentionSite].self, from: JSONEncoder().encode([text]))
    }
  }
}
