"""The face swap, one step of the pipeline per module; `pipeline.FrameSwapper` reads from top to bottom as the whole of it."""
