public import EditJobs

/// What a trajectory file says of itself: everything is a function of the unit's key, but for the
/// fingerprint, which says whose arithmetic made it.
public struct TrajectoryHeader: Sendable, Hashable, Codable {
  /// The version of the format.
  public static let currentFormat = 1

  /// The version of the format.
  public var format = currentFormat
  /// The unit.
  public var key: Key
  /// Mode, revision, kernels; another one means that the records cannot be gone on from.
  public var fingerprint: String
  /// Channels, height and width of the latents.
  public var latents: [Int]
  /// Tokens, rows and columns of the running sum of maps.
  public var sums: [Int]
  /// The attention sites in call order, as the injected counts are stored.
  public var sites: [String]
  /// Passes of the whole run; the file is complete with one record more.
  public var passes: Int
  /// Records before `x_0`, those of a photograph's inversion; absent where there are none.
  public var inversion: Int?

  /// Describes a trajectory.
  public init(
    key: Key, fingerprint: String, latents: [Int], sums: [Int], sites: [String], passes: Int,
    inversion: Int? = nil
  ) {
    (self.key, self.fingerprint, self.latents) = (key, fingerprint, latents)
    (self.sums, self.sites, self.passes) = (sums, sites, passes)
    self.inversion = inversion
  }

  /// The number of the first record: 0, or below it where a photograph is inverted first.
  public var firstPass: Int { -(inversion ?? 0) }

  /// Whether another unit's records may be copied under this header: all but the key is equal.
  public func fits(_ other: TrajectoryHeader) -> Bool {
    var same = other
    same.key = key
    return same == self
  }
}
