import Foundation
import Tensors

extension ReferenceBackend {
  func attention(
    _ rows: [AttentionRow], queries s: Int, heads: Int, causal: Bool,
    visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) -> Tensor {
    let (n, t, c) = (rows.count, rows[0].value.shape[0], rows[0].value.shape[1])
    precondition(c % heads == 0 && rows.allSatisfy { $0.value.shape == [t, c] })
    var y = [Float](repeating: 0, count: n * s * c)
    for row in 0..<n {
      let demand = rows[row].demand
      var map: [Float] = []
      if demand.use != .supply, let query = rows[row].query, let key = rows[row].key {
        precondition(query.shape == [s, c] && key.shape == [t, c])
        map = probabilities(download(query), download(key), s, t, c, heads, causal)
        if demand.rounded { map = map.map { Float(Float16($0)) } }
      }
      if demand.use != .none {
        let own = demand.use == .supply ? nil : make(map, [heads, s, t], demand.element)
        if let given = visit(row, own) {
          precondition(
            given.shape == [heads, s, t], "a map of \(given.shape) for \([heads, s, t])")
          map = download(given)
        }
        precondition(!map.isEmpty, "a map was to be supplied and is not there")
      }
      let value = factors(download(rows[row].value))
      map = factors(map)
      let d = c / heads
      for head in 0..<heads {
        for i in 0..<s {
          for channel in head * d..<(head + 1) * d {
            var sum = 0.0
            for j in 0..<t {
              sum += Double(map[(head * s + i) * t + j]) * Double(value[j * c + channel])
            }
            y[(row * s + i) * c + channel] = Float(sum)
          }
        }
      }
    }
    return make(y, [n, s, c])
  }

  /// `softmax(QKᵀ·d^-½)` of one row: (heads, s, t).
  private func probabilities(
    _ q: [Float], _ k: [Float], _ s: Int, _ t: Int, _ c: Int, _ heads: Int, _ causal: Bool
  ) -> [Float] {
    let d = c / heads
    let factor = Float(1 / Double(d).squareRoot())
    let (q, k) = (factors(q), factors(k.map { $0 * factor }))
    var map = [Float](repeating: 0, count: heads * s * t)
    for head in 0..<heads {
      for i in 0..<s {
        let seen = causal ? i + 1 : t
        let scores = (0..<seen).map { j in
          (head * d..<(head + 1) * d).reduce(0.0) {
            $0 + Double(q[i * c + $1]) * Double(k[j * c + $1])
          }
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let total = powers.reduce(0, +)
        for j in 0..<seen { map[(head * s + i) * t + j] = Float(powers[j] / total) }
      }
    }
    return map
  }

  func composeMap(source: Tensor?, own: Tensor?, columns: [MapColumn]) -> Tensor {
    guard let shape = source?.shape ?? own?.shape else {
      preconditionFailure("a map is composed from at least one map")
    }
    let (from, mine) = (source.map(download) ?? [], own.map(download) ?? [])
    let (heads, queries) = (shape[0], shape[1])
    let (wide, narrow) = (source?.shape[2] ?? 0, own?.shape[2] ?? 0)
    var y: [Float] = []
    for position in 0..<heads * queries {
      for (token, column) in columns.enumerated() {
        var value: Float
        if let shares = column.shares {
          precondition(source != nil, "column \(token) takes from a source that is not there")
          value = 0
          for (i, share) in shares.enumerated() {
            let part = share.share * from[position * wide + share.token]
            value = i == 0 ? part : value + part
          }
        } else {
          precondition(own != nil, "column \(token) takes its own map, which is not there")
          value = mine[position * narrow + token]
        }
        y.append(column.factor == 1 ? value : column.factor * value)
      }
    }
    return make(y, [heads, queries, columns.count])
  }

  func headMean(_ map: Tensor) -> Tensor {
    let (heads, queries, tokens) = (map.shape[0], map.shape[1], map.shape[2])
    let m = download(map)
    var y = [Float](repeating: 0, count: tokens * queries)
    for token in 0..<tokens {
      for query in 0..<queries {
        let sum = (0..<heads).reduce(0.0) {
          $0 + Double(m[($1 * queries + query) * tokens + token])
        }
        y[token * queries + query] = Float(sum / Double(heads))
      }
    }
    return make(y, [tokens, queries])
  }
}
