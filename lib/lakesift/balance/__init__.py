"""Balancing image-text pairs over metadata entries, as in Xu et al. 2023, "Demystifying CLIP Data" (MetaCLIP)."""
