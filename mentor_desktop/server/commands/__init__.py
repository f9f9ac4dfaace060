"""What an administrator does with `mentor-server`: one module for each command."""
