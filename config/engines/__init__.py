"""PostgreSQL and Valkey for trying, developing and testing: one's own, on unix sockets.

Standard library only. In production the engines are given by DATABASE_URL and REDIS_URL.
"""
