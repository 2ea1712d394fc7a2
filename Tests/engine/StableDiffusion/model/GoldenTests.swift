import Testing

/// The comparison that all goldens rest on.
@Suite struct GoldenTests {
  @Test func closeNumbersPass() {
    expectClose([1, 2, .infinity], [1, 2.001, .infinity], tolerance: 0.01)
    expectClose([1000], [1001], ofLargest: 0.01)
  }

  @Test(arguments: [[1, 2.5], [.nan, 2], [1, .infinity], [1]] as [[Float]])
  func otherNumbersFail(_ found: [Float]) {
    withKnownIssue { expectClose(found, [1, 2], tolerance: 0.01, "numbers") }
  }
}
