/// A map from byte strings to small integers, built once and fast: open addressing over one arena.
///
/// A CLIP vocabulary has 49 408 entries and is read at every start of a command, which a
/// `[String: Int]` makes noticeable.
struct ByteTable: Sendable {
  private var arena: [UInt8] = []
  /// Where each entry ends in the arena.
  private var ends: [Int32] = []
  private var values: [Int32] = []
  /// Entry index + 1 by hash; 0 is free.
  private var slots: [Int32]
  private let mask: Int

  /// Makes an empty table for at most `capacity` entries whose keys have `bytes` bytes together.
  init(capacity: Int, bytes: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
    mask = size - 1
    arena.reserveCapacity(bytes)
    ends.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  /// How many entries there are.
  var count: Int { values.count }

  /// Adds an entry; false where the key is there already (it keeps its value) or the table is full.
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>, _ value: Int32) -> Bool {
    guard count * 2 < slots.count else { return false }
    var slot = Self.hash(key) & mask
    while slots[slot] != 0 {
      if equals(Int(slots[slot]) - 1, key) { return false }
      slot = (slot + 1) & mask
    }
    arena.append(contentsOf: key)
    ends.append(Int32(arena.count))
    values.append(value)
    slots[slot] = Int32(values.count)
    return true
  }

  /// The value of a key.
  func value(_ key: UnsafeBufferPointer<UInt8>) -> Int32? {
    var slot = Self.hash(key) & mask
    while slots[slot] != 0 {
      let entry = Int(slots[slot]) - 1
      if equals(entry, key) { return values[entry] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The value of a key.
  func value(_ key: some Collection<UInt8>) -> Int32? {
    key.withContiguousStorageIfAvailable { value($0) }
      ?? Array(key).withUnsafeBufferPointer { value($0) }
  }

  /// The key and value of the entry that was added as number `index`.
  func entry(_ index: Int) -> (key: ArraySlice<UInt8>, value: Int32) {
    (arena[start(index)..<Int(ends[index])], values[index])
  }

  private func start(_ entry: Int) -> Int { entry == 0 ? 0 : Int(ends[entry - 1]) }

  private func equals(_ entry: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let from = start(entry)
    guard Int(ends[entry]) - from == key.count else { return false }
    return arena.withUnsafeBufferPointer { stored in
      for i in 0..<key.count where stored[from + i] != key[i] { return false }
      return true
    }
  }

  /// FNV-1a, with the high half folded in because the mask keeps low bits alone.
  private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & 0x7fff_ffff)
  }
}
