"""Spans of OpenTelemetry: of calls that are made, of methods that answer them, of requests to gateways."""
