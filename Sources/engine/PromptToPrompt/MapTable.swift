public import EditJobs
public import Tensors

/// The source's maps of one pass by site: (heads, queries, tokens), float16 or float32.
public typealias MapTable = [AttentionSite: Tensor]
