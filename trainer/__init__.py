"""The learner: watches the shared folder, trains a U-Net on corrections, writes masks back. No Qt."""
