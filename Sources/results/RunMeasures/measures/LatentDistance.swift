/// How far apart two runs' latents are.
public enum LatentDistance {
  /// Root of the mean squared difference, summed in double and in order.
  public static func between(_ left: [Float], _ right: [Float]) -> Double {
    precondition(left.count == right.count && !left.isEmpty, "latents of two shapes")
    var sum = 0.0
    for (a, b) in zip(left, right) {
      let difference = Double(a) - Double(b)
      sum += difference * difference
    }
    return (sum / Double(left.count)).squareRoot()
  }
}
