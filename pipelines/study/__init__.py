"""People's judgement of two methods: blind comparisons in pairs, and their figures."""
