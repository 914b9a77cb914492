"""A face for LiveKit Agents: what their `AvatarRunner` draws with (extra `livekit`)."""
